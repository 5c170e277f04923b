from kanvas_platform.errors import AlreadyExists, KanvasError, Unavailable


def test_a_service_fixes_the_reason_of_its_class() -> None:
    class HandleTaken(AlreadyExists):
        reason = "HANDLE_TAKEN"

    error = HandleTaken("That handle is taken.", metadata={"field": "handle"})

    assert (error.status, error.reason) == ("ALREADY_EXISTS", "HANDLE_TAKEN")
    assert str(error) == "HANDLE_TAKEN: That handle is taken."
    assert error.metadata == {"field": "handle"}


def test_an_instance_may_have_a_reason_of_its_own() -> None:
    error = Unavailable("No.", reason="STANDBY", retry_after=2)

    assert (error.reason, error.retry_after) == ("STANDBY", 2)
    assert Unavailable("No.").reason == "UNAVAILABLE"


def test_metadata_is_not_shared() -> None:
    given = {"a": "1"}
    error = KanvasError("x", metadata=given)
    given["a"] = "2"
    assert error.metadata == {"a": "1"}
