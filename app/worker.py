"""The worker: delivers the outbox, runs timed jobs and long ones until it is told to stop."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

import app.core.audit.anchors
import app.core.records.slots
import app.intake.runner  # noqa: F401 - declares its kind of long job
from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.core.jobs import background, outbox
from app.core.jobs import scheduler as jobs
from app.core.jobs.scheduler import Job
from app.core.reference import dictionaries

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between looks into an empty outbox
BEAT = 8  # seconds between renewals of the lease


class Worker:
    """One worker process. Several may run; one of them leads and runs the timed jobs."""

    def __init__(
        self,
        *,
        pause: float = PAUSE,
        deliverers: int = 2,
        within: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        """`within` gives the surroundings in which long jobs run, such as those of the web."""
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self.stop = threading.Event()
        self.leading = False
        self._pause = pause
        self._deliverers = deliverers
        self._within = within

    def run(self) -> None:
        """Work until `stop` is set; then finish what is being done and give back the rest."""
        scheduler = self._scheduler()
        threads = [
            threading.Thread(target=self._deliver, args=(number,), name=f"deliver-{number}")
            for number in range(self._deliverers)
        ]
        threads.append(threading.Thread(target=self._long, name="long"))
        self._beat()
        scheduler.start()
        for thread in threads:
            thread.start()
        logger.info("worker %s started", self.owner)
        self.stop.wait()
        scheduler.shutdown(wait=True)
        for thread in threads:
            thread.join()
        self._leave()
        logger.info("worker %s stopped", self.owner)

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=clock.ZONE,
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": 3600},
        )
        scheduler.add_job(self._beat, IntervalTrigger(seconds=BEAT, timezone=clock.ZONE))
        for job in jobs.JOBS.values():
            first = (
                {"next_run_time": datetime.now(clock.ZONE)} if job.every else {}
            )  # not an hour later
            scheduler.add_job(self._job, _trigger(job), [job], id=job.name, **first)
        return scheduler

    def _deliver(self, number: int) -> None:
        """Take rows one after the other; look again after a pause when there is none."""
        owner = f"{self.owner}:{number}"
        while not self.stop.is_set():
            worked = False
            try:
                with acting_as(SYSTEM):
                    worked = outbox.work_once(owner)
            except Exception:
                logger.exception("outbox cannot be read")
            finally:
                session.remove()
            if not worked:
                self.stop.wait(self._pause)

    def _long(self) -> None:
        """Do long jobs one after the other."""
        while not self.stop.is_set():
            worked = False
            try:
                with acting_as(SYSTEM), self._within():
                    worked = background.work_once(f"{self.owner}:long", self.stop)
            except Exception:
                logger.exception("long jobs cannot be read")
            finally:
                session.remove()
            if not worked:
                self.stop.wait(self._pause)

    def _beat(self) -> None:
        try:
            with acting_as(SYSTEM):
                self.leading = jobs.lead(self.owner)
                dictionaries.refresh()
        except Exception:
            self.leading = False
            logger.exception("lease cannot be renewed")
        finally:
            session.remove()

    def _job(self, job: Job) -> None:
        if self.stop.is_set() or not (self.leading or job.everywhere):
            return
        try:
            with acting_as(SYSTEM):
                if job.everywhere:
                    job.run()
                else:
                    jobs.run(job, self.owner, _due_at(job))
        except Exception:
            logger.exception("job %s failed", job.name)
        finally:
            session.remove()

    def _leave(self) -> None:
        try:
            with acting_as(SYSTEM):
                jobs.step_down(self.owner)
        except SQLAlchemyError:
            logger.exception("lease cannot be given back: it ends by itself")
        finally:
            session.remove()


def _trigger(job: Job) -> CronTrigger | IntervalTrigger:
    if job.at:
        hour, minute = job.at.split(":")
        return CronTrigger(hour=int(hour), minute=int(minute), timezone=clock.ZONE)
    return IntervalTrigger(seconds=job.every, timezone=clock.ZONE)


def _due_at(job: Job) -> datetime:
    """Return the due time that all workers agree on, whoever of them wakes first."""
    now = clock.now()
    if job.at:
        local = clock.local(now).replace(second=0)
        hour, minute = job.at.split(":")
        due = local.replace(hour=int(hour), minute=int(minute))
        return due.astimezone(UTC).replace(tzinfo=None)
    seconds = int(now.replace(tzinfo=UTC).timestamp())
    return datetime.fromtimestamp(seconds - seconds % job.every, UTC).replace(tzinfo=None)
