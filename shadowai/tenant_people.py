"""What the people of a tenant are called beside other sources, and whose an address is that has been given to two of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shadowai import normalize
from shadowai.tenant import Person


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one tenant's people.

    A person is called by their address. One without (a login, an identifier) is called by the platform and what it calls them
    (``github:ann``): another system's ``ann`` may be somebody else. An address that several accounts have had, for it was given to a
    newcomer, is the one's that has it now, as the tenant's own list of users says; the others are called by their identifiers. What is
    known by the address alone is the newcomer's only from when their account was made.
    """

    platform: str
    addresses: Mapping[str, str | None]
    """By the person's id; ``None`` where it is not known or is somebody else's now."""
    made: Mapping[str, int | None]
    """When the account was made that has an address now, by the address where that is what a person is known by."""

    @classmethod
    def of(cls, platform: str, people: Collection[Person], wanted: Collection[str] | None = None) -> Names:
        """The names of the ``wanted`` people (all, where nobody says which) of ``people``, who are gone through twice."""
        told = {
            person.id: address_of(person) or _plain(person.id)
            for person in people
            if wanted is None or person.id in wanted
        }
        asked = set(told.values())
        claims: dict[str, list[Person]] = {}
        for person in people:
            address = told[person.id] if person.id in told else address_of(person)
            if address is not None and address in asked and _plain(person.id) != address:
                claims.setdefault(address, []).append(person)
        holders = {address: _holder(several) for address, several in claims.items()}
        found: dict[str, str | None] = {}
        made: dict[str, int | None] = {}
        for id, address in told.items():
            holder = holders.get(address or "")
            by_address = address is not None and _plain(id) == address
            sure = address not in claims or (holder is not None and (by_address or holder.id == id))
            found[id] = address if sure else None
            if by_address and holder is not None:
                made[id] = holder.created
        return cls(platform, found, made)

    def address(self, principal: str, first: int | None = None) -> str | None:
        """The address of a person of whom the earliest that is known was at ``first`` (µs); ``None`` where it is not known."""
        since = self.made.get(principal)
        late = since is not None and first is not None and first < since
        return None if late else self.addresses.get(principal, _plain(principal))

    def name(self, principal: str, first: int | None = None) -> str | None:
        """What the person is called, as rows by user have it; ``None`` for what is no user's name."""
        return self.address(principal, first) or normalize.user(f"{self.platform}:{principal}")


def address_of(person: Person) -> str | None:
    """The address that a tenant tells of a person, as rows by user have it; ``None`` for what is none."""
    return _plain(person.address or "")


def _plain(text: str) -> str | None:
    found = normalize.user(text) if "@" in text else None
    # a directory's name may hold an @, and then name nobody's account
    return found if found is not None and "@" in found else None


def _holder(several: list[Person]) -> Person | None:
    """Who has the address now: the only one who has ever had it, the only one of them who may sign in, or the only one who is listed."""
    active = [person for person in several if person.enabled]
    listed = [person for person in several if person.enabled is not None]
    return next((found[0] for found in (several, active, listed) if len(found) == 1), None)
