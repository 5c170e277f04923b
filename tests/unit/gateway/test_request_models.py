"""What a request may write where its description says `integer`."""

import pytest
from pydantic import ValidationError

from kanvas_gateway.entrypoints.http.models.accounts import ProfileChange
from kanvas_gateway.entrypoints.http.models.jobs import NewJob


@pytest.mark.parametrize("written", ["7", "7.0", "70e-1"])
def test_a_whole_number_is_one_however_it_is_written(written: str) -> None:
    job = NewJob.model_validate_json(
        f'{{"prompt": "a fox", "seed": {written}, "steps": {written}}}'
    )
    change = ProfileChange.model_validate_json(f'{{"expected_version": {written}}}')
    numbers = (job.seed, job.steps, change.expected_version)
    assert numbers == (7, 7, 7)
    assert {type(number) for number in numbers} == {int}


@pytest.mark.parametrize("written", ["7.5", "true", '"7"', "1e300"])
def test_nothing_else_is_taken_for_a_whole_number(written: str) -> None:
    with pytest.raises(ValidationError):
        NewJob.model_validate_json(f'{{"prompt": "a fox", "seed": {written}}}')
    with pytest.raises(ValidationError):
        ProfileChange.model_validate_json(f'{{"expected_version": {written}}}')
