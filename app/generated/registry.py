"""Everything declared, by kind. Generated from metadata/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.generated import functions
from app.generated.base import city as base_city
from app.generated.base import country as base_country
from app.generated.base import country_risk as base_country_risk
from app.generated.base import guide as base_guide
from app.generated.base import liaison as base_liaison
from app.generated.base import liaison_change as base_liaison_change
from app.generated.base import unit as base_unit
from app.generated.base import unit_change as base_unit_change
from app.generated.dictionaries import DICTIONARIES
from app.generated.documents import DOCUMENTS
from app.generated.interfaces import INTERFACES
from app.generated.migrations import MIGRATIONS
from app.generated.outbound import delegation as outbound_delegation
from app.generated.outbound import explanation as outbound_explanation
from app.generated.outbound import person as outbound_person
from app.generated.outbound import person_change as outbound_person_change
from app.generated.outbound import plan as outbound_plan
from app.generated.outbound import plan_quota as outbound_plan_quota
from app.generated.outbound import reissue as outbound_reissue
from app.generated.outbound import supplement as outbound_supplement
from app.generated.policies import POLICIES
from app.generated.project import PROJECT
from app.generated.reports import REPORTS
from app.generated.roles import ROLES
from app.generated.runtime import account as runtime_account
from app.generated.runtime import issued_document as runtime_issued_document
from app.generated.scores import SCORES

__all__ = [
    "APIS",
    "DICTIONARIES",
    "DOCUMENTS",
    "FLOWS",
    "FUNCTIONS",
    "INTERFACES",
    "MESSAGES",
    "MIGRATIONS",
    "OBJECTS",
    "POLICIES",
    "PROJECT",
    "REPORTS",
    "ROLES",
    "SCORES",
    "VIEWS",
]

OBJECTS = (
    base_city.CITY,
    base_country.COUNTRY,
    base_country_risk.COUNTRY_RISK,
    base_guide.GUIDE,
    base_liaison.LIAISON,
    base_liaison_change.LIAISON_CHANGE,
    base_unit.UNIT,
    base_unit_change.UNIT_CHANGE,
    outbound_delegation.DELEGATION,
    outbound_delegation.DELEGATION_MEMBER,
    outbound_delegation.DELEGATION_STOP,
    outbound_delegation.ITINERARY_DAY,
    outbound_delegation.BUDGET_LINE,
    outbound_explanation.EXPLANATION,
    outbound_person.PERSON,
    outbound_person.FAMILY_MEMBER,
    outbound_person_change.PERSON_CHANGE,
    outbound_plan.PLAN,
    outbound_plan.PLAN_ITEM,
    outbound_plan_quota.PLAN_QUOTA,
    outbound_reissue.REISSUE,
    outbound_supplement.SUPPLEMENT,
    runtime_account.ACCOUNT,
    runtime_issued_document.ISSUED_DOCUMENT,
)
FLOWS = (
    base_liaison.LIAISON_FILING,
    base_liaison_change.LIAISON_CHANGE_FLOW,
    base_unit.UNIT_FILING,
    base_unit_change.UNIT_CHANGE_FLOW,
    outbound_delegation.TRIP_APPROVAL,
    outbound_explanation.EXPLANATION_HANDLING,
    outbound_person.PERSON_FILING,
    outbound_person_change.PERSON_CHANGE_FLOW,
    outbound_plan.PLAN_APPROVAL,
    outbound_reissue.REISSUE_APPROVAL,
    outbound_supplement.SUPPLEMENT_REVIEW,
)
FUNCTIONS = (
    base_city.BM28_FUNCTION,
    base_country.BM24_FUNCTION,
    base_country_risk.BM25_FUNCTION,
    base_guide.BM05_FUNCTION,
    base_guide.BM05E_FUNCTION,
    base_liaison.BM11_FUNCTION,
    base_liaison.BM12_FUNCTION,
    base_liaison.BM12Q_FUNCTION,
    base_liaison_change.BM13_FUNCTION,
    base_liaison_change.BM12R_FUNCTION,
    base_unit.BM08_FUNCTION,
    base_unit.BM09_FUNCTION,
    base_unit.BM14_FUNCTION,
    base_unit.BM14Q_FUNCTION,
    base_unit_change.BM10_FUNCTION,
    base_unit_change.BM09R_FUNCTION,
    base_unit_change.BM14C_FUNCTION,
    outbound_delegation.PP17_FUNCTION,
    outbound_delegation.PP18_FUNCTION,
    outbound_delegation.PP19_FUNCTION,
    outbound_delegation.PP20_FUNCTION,
    outbound_delegation.PP21_FUNCTION,
    outbound_delegation.PP14_FUNCTION,
    outbound_delegation.BM06_FUNCTION,
    outbound_explanation.PP16_FUNCTION,
    outbound_explanation.PP16A_FUNCTION,
    outbound_explanation.PP16R_FUNCTION,
    outbound_person.PP11_FUNCTION,
    outbound_person.PP11R_FUNCTION,
    outbound_person.PP11Q_FUNCTION,
    outbound_person_change.PP12_FUNCTION,
    outbound_person_change.PP12R_FUNCTION,
    outbound_plan.PP01_FUNCTION,
    outbound_plan.PP02_FUNCTION,
    outbound_plan.PP03_FUNCTION,
    outbound_plan.PP04_FUNCTION,
    outbound_plan.PP07_FUNCTION,
    outbound_plan.PP08_FUNCTION,
    outbound_plan.PP09_FUNCTION,
    outbound_plan.PP10_FUNCTION,
    outbound_plan.PP10B_FUNCTION,
    outbound_plan_quota.PP02Q_FUNCTION,
    outbound_reissue.PP29_FUNCTION,
    outbound_reissue.PP29R_FUNCTION,
    outbound_supplement.PP22_FUNCTION,
    outbound_supplement.PP22R_FUNCTION,
    *functions.FUNCTIONS,
)
MESSAGES = (
    base_liaison.OPENED,
    base_liaison.SENT_BACK,
    base_liaison.REJECTED,
    base_liaison_change.DONE,
    base_liaison_change.SENT_BACK,
    base_liaison_change.REJECTED,
    base_unit.FILED,
    base_unit.SENT_BACK,
    base_unit.REJECTED,
    base_unit_change.DONE,
    base_unit_change.SENT_BACK,
    base_unit_change.REJECTED,
    outbound_delegation.PROGRESSED,
    outbound_delegation.ACCEPTED,
    outbound_delegation.TRIP_APPROVED,
    outbound_delegation.SENT_BACK,
    outbound_delegation.REJECTED,
    outbound_delegation.PARALLEL,
    outbound_explanation.ASKED,
    outbound_explanation.MERGED,
    outbound_explanation.SENT_BACK,
    outbound_person.FILED,
    outbound_person.SENT_BACK,
    outbound_person.REJECTED,
    outbound_person_change.DONE,
    outbound_person_change.SENT_BACK,
    outbound_person_change.REJECTED,
    outbound_plan.APPROVED,
    outbound_plan.SENT_BACK,
    outbound_plan.REJECTED,
    outbound_reissue.REISSUED,
    outbound_supplement.MERGED,
    outbound_supplement.SENT_BACK,
    outbound_supplement.REJECTED,
    runtime_issued_document.ISSUED,
    runtime_issued_document.VOIDED,
)
VIEWS = (
    base_city.BM28,
    base_country.BM24,
    base_country_risk.BM25,
    base_guide.BM05,
    base_guide.BM05E,
    base_liaison.BM11,
    base_liaison.BM12,
    base_liaison.BM12Q,
    base_liaison_change.BM13,
    base_liaison_change.BM12R,
    base_unit.BM08,
    base_unit.BM09,
    base_unit.BM14,
    base_unit.BM14Q,
    base_unit_change.BM10,
    base_unit_change.BM09R,
    base_unit_change.BM14C,
    outbound_delegation.PP17,
    outbound_delegation.PP18,
    outbound_delegation.PP19,
    outbound_delegation.PP20,
    outbound_delegation.PP21,
    outbound_delegation.PP14,
    outbound_delegation.BM06,
    outbound_explanation.PP16,
    outbound_explanation.PP16A,
    outbound_explanation.PP16R,
    outbound_person.PP11,
    outbound_person.PP11R,
    outbound_person.PP11Q,
    outbound_person_change.PP12,
    outbound_person_change.PP12R,
    outbound_plan.PP01,
    outbound_plan.PP02,
    outbound_plan.PP03,
    outbound_plan.PP04,
    outbound_plan.PP07,
    outbound_plan.PP08,
    outbound_plan.PP09,
    outbound_plan.PP10,
    outbound_plan.PP10B,
    outbound_plan_quota.PP02Q,
    outbound_reissue.PP29,
    outbound_reissue.PP29R,
    outbound_supplement.PP22,
    outbound_supplement.PP22R,
    *functions.VIEWS,
)
APIS = (
    base_city.CityApi,
    base_country.CountryApi,
    base_country_risk.CountryRiskApi,
    base_guide.GuideApi,
    base_liaison.LiaisonApi,
    base_liaison_change.LiaisonChangeApi,
    base_unit.UnitApi,
    base_unit_change.UnitChangeApi,
    outbound_delegation.DelegationApi,
    outbound_explanation.ExplanationApi,
    outbound_person.PersonApi,
    outbound_person_change.PersonChangeApi,
    outbound_plan.PlanApi,
    outbound_plan_quota.PlanQuotaApi,
    outbound_reissue.ReissueApi,
    outbound_supplement.SupplementApi,
)
