"""The formulas and conditions of the sample, as the compiler would write them."""


def my_club(this, env):
    return env.me.unit


def days(this, env):
    if this.first_day is None or this.last_day is None:
        return None
    return (this.last_day - this.first_day).days + 1


def people(this, env):
    return len(this.guests)


def remaining(this, env):
    return (this.seats or 0) - (this.used or 0)


def order(this, env):
    if this.first_day is None or this.last_day is None:
        return None
    return this.last_day >= this.first_day


def longest(this, env):
    limit = env.policy.longest(this.kind)
    return None if this.days is None or limit is None else this.days <= limit


def not_online(this, env):
    return this.kind != "online"


def online(this, env):
    return this.kind == "online"


def club_of(this, env):
    return this.club


def itself(this, env):
    return this


def name_of(this, env):
    return this.name


def large(this, env):
    return None if this.size is None else this.size >= 100


def small(this, env):
    return None if this.size is None else this.size < 100


def today(this, env):
    return env.today


def handed_in(this, env):
    return this.state != "draft"
