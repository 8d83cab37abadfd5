"""The formulas, conditions and criteria of the desk, as the compiler would write them."""


def my_group(this, env):
    """me.unit"""
    return env.me.unit


def in_person(this, env):
    """kind == 'room'"""
    return this.kind == "room"


def online(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def days_of_meeting(this, env):
    """(end_on - begin_on).days + 1"""
    return (this.end_on - this.begin_on).days + 1 if this.end_on and this.begin_on else None


def people_of_meeting(this, env):
    """count(seats)"""
    return len(this.seats)


def remaining_of_room(this, env):
    """seats - used"""
    return None if this.seats is None else this.seats - (this.used or 0)


def in_order(this, env):
    """end_on >= begin_on"""
    return this.end_on >= this.begin_on if this.end_on and this.begin_on else None


def short_enough(this, env):
    """days <= policy.meeting_days()"""
    limit = env.policy.meeting_days()
    return this.days <= limit if this.days is not None and limit is not None else None


def own_guests(cls, env):
    """group == parent.group"""
    return cls.group_id == env.parent.group_id


def free_rooms(cls, env):
    """remaining > 0"""
    return cls.remaining > 0


def granted(cls, env):
    """state == 'granted'"""
    return cls.state == "granted"
