"""Who else has to do with a case: consultations, copies, deputies, reassignment."""
