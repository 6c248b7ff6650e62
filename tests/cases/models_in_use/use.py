"""What an application does with models, on the database of its first argument."""

import datetime as dt
import sys
from decimal import Decimal

import sqlalchemy as sa
from models import Event, Organization, Policy, Ticket, TicketTag, User, make_engine
from sqlmodel import Session, func, select

engine = make_engine(sys.argv[1], **({"immediate": True} if sys.argv[1].startswith("sqlite") else {}))
now = dt.datetime.now(dt.UTC)
day = dt.timedelta(days=1)


def refused(session: Session, kind: type[Exception]) -> bool:
    try:
        session.commit()
    except sa.exc.StatementError as error:
        session.rollback()
        return isinstance(error.orig, kind)
    return False


with Session(engine) as session:
    ticket = Ticket(due_at=now - day, cost=Decimal("10.00"))
    ticket.ticket_tags = [TicketTag(tag="a"), TicketTag(tag="b")]
    session.add(ticket)
    session.commit()

    # the clock of the database, in conditions and in values
    assert session.exec(select(Ticket.id).where(Ticket.due_at < func.now())).all() == [ticket.id]
    assert session.exec(select(Ticket.id).where(Ticket.due_at > func.now())).all() == []
    session.exec(sa.update(Ticket).values(done_at=func.now()))
    session.commit()
    assert abs(ticket.done_at - now) < day

    # arithmetic of times: as PostgreSQL has it, or refused
    try:
        found = session.exec(select(Ticket.id).where(Ticket.due_at + 2 * day > now)).all()
        assert engine.dialect.name == "postgresql" and found == [ticket.id]
    except sa.exc.StatementError as error:
        assert engine.dialect.name == "sqlite" and "no arithmetic of times" in str(error)

    # numbers beside columns may have more digits than they have; what is stored may not
    assert session.exec(select(Ticket.id).where(Ticket.cost > Decimal("9.999"), Ticket.priority < 1.5)).all()
    session.exec(sa.update(Ticket).values(cost=Ticket.cost * Decimal("1.5")))
    session.commit()
    assert ticket.cost == Decimal("15.00")
    for wrong in (2.5, True):
        ticket.priority = wrong
        assert refused(session, TypeError)

    # owned rows go with the list that they leave
    ticket.ticket_tags = [TicketTag(tag="c")]
    session.commit()
    assert session.exec(select(TicketTag.tag)).all() == ["c"]
    session.add(TicketTag(ticket_id=ticket.id, tag="d"))
    session.commit()
    ticket.ticket_tags.clear()
    session.commit()
    assert session.exec(select(TicketTag.tag)).all() == []

    # a reference that is not enforced is written, and outlives its parent
    event = Event(actor=User())
    session.add(event)
    session.commit()
    actor = event.actor_id
    assert actor is not None
    session.delete(event.actor)
    session.commit()
    assert (event.actor_id, event.actor) == (actor, None)

    # tables that refer to each other
    organization = Organization(name="o")
    organization.policy = Policy(owner=organization)
    session.add(organization)
    session.commit()
    assert organization.policy.used_by == [organization]
    session.delete(organization.policy)
    session.commit()
    assert (organization.policy, session.exec(select(Policy.id)).all()) == (None, [])
