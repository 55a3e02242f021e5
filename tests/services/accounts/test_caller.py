import pytest

from services.accounts.caller import ANONYMOUS, Caller, Scope
from shared.errors import Forbidden


def test_caller_may_do_only_what_its_scopes_allow():
    caller = Caller("key_1", "n", frozenset({Scope.GENERATE}))
    caller.require(Scope.GENERATE)
    with pytest.raises(Forbidden, match="admin"):
        caller.require(Scope.ADMIN)


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ADMIN])
def test_anonymous_caller_may_do_everything_but_administer(scope):
    ANONYMOUS.require(scope)
    with pytest.raises(Forbidden):
        ANONYMOUS.require(Scope.ADMIN)
