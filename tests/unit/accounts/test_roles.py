"""Roles and scopes allow what the product says, and nothing else."""

from itertools import pairwise

import pytest

from finora.accounts import OPERATOR, How, Permission, Principal, Role, Scope
from finora.accounts.errors import NotPermitted
from finora.accounts.roles import ROLE_PERMISSIONS, SCOPE_PERMISSIONS


def principal(role: Role, *scopes: Scope) -> Principal:
    return Principal(
        user_id="u",
        email="ada@example.com",
        name="Ada",
        role=role,
        how=How.TOKEN if scopes else How.SESSION,
        scopes=frozenset(scopes or Scope),
    )


ALLOWED = {
    Permission.READ_OWN: {Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER},
    Permission.READ_ALL: {Role.OWNER, Role.ADMIN, Role.MEMBER},
    Permission.EXPORT: {Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER},
    Permission.MANAGE_SUBSCRIPTIONS: {Role.OWNER, Role.ADMIN, Role.MEMBER},
    Permission.MANAGE_CONNECTIONS: {Role.OWNER, Role.ADMIN},
    Permission.MANAGE_TEAMS: {Role.OWNER, Role.ADMIN},
    Permission.MANAGE_USERS: {Role.OWNER, Role.ADMIN},
    Permission.MANAGE_OWNERS: {Role.OWNER},
    Permission.MANAGE_OWN_ACCOUNT: {Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER},
    Permission.READ_AUDIT_LOG: {Role.OWNER, Role.ADMIN},
}


@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_what_the_product_says(permission: Permission) -> None:
    assert {role for role in Role if principal(role).may(permission)} == ALLOWED[permission]


def test_every_role_and_scope_has_its_line_and_contains_the_lesser_ones() -> None:
    roles = [ROLE_PERMISSIONS[role] for role in (Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER)]
    scopes = [SCOPE_PERMISSIONS[scope] for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN)]
    assert roles == sorted(roles, key=len)
    assert all(small < large for chain in (roles, scopes) for small, large in pairwise(chain))
    assert ROLE_PERMISSIONS.keys() == set(Role)
    assert SCOPE_PERMISSIONS.keys() == set(Scope)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", Scope)
def test_a_token_may_never_more_than_its_user(role: Role, scope: Scope) -> None:
    token = {permission for permission in Permission if principal(role, scope).may(permission)}
    assert token == ROLE_PERMISSIONS[role] & SCOPE_PERMISSIONS[scope]


def test_a_read_token_of_an_owner_changes_nothing() -> None:
    token = principal(Role.OWNER, Scope.READ)
    assert {permission for permission in Permission if token.may(permission)} == {
        Permission.READ_OWN,
        Permission.READ_ALL,
        Permission.EXPORT,
    }
    with pytest.raises(NotPermitted, match="Issue one with the scope admin"):
        token.require(Permission.MANAGE_CONNECTIONS)


def test_who_may_not_is_told_whom_to_ask() -> None:
    with pytest.raises(NotPermitted, match=r"\(viewer\) does not allow you to manage users.*owner or admin"):
        principal(Role.VIEWER).require(Permission.MANAGE_USERS)


def test_the_operator_of_the_machine_may_everything() -> None:
    assert all(OPERATOR.may(permission) for permission in Permission)
