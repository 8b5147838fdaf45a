"""The model opens in Mesa's own page, and the controls there change it."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import mesa
import pytest

FILE = Path(__file__).parents[2] / "docs" / "solara_app.py"
STEPS = 4


@pytest.fixture
def app() -> Any:
    """The example as a module."""
    solara = pytest.importorskip("solara")
    pytest.importorskip("altair")
    if mesa.__version__.startswith("3.3.") and not hasattr(solara.v, "TabsItems"):
        pytest.skip("the page of Mesa 3.3 needs ipyvuetify<3")
    spec = spec_from_file_location("solara_app", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_opens_and_its_controls_change_the_model(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import ipyvuetify
    import solara

    made: list[Any] = []

    class Watched(app.Country):
        def __init__(self, **kwargs: Any) -> None:  # Mesa 3.3 takes any parameter only under this name
            super().__init__(**kwargs)
            made.append(self)

    monkeypatch.setattr(app, "Country", Watched)
    _, page = solara.render(solara.AppLayout(children=[app.Page()]), handle_error=False)

    def move(kind: type, label: str, value: Any) -> None:
        page.find(kind, label=label).widget.v_model = value

    def press(button: str) -> None:
        page.find(ipyvuetify.Btn, children=[button]).widget.click()

    def collected(model: Any) -> list[float]:
        return model.datacollector.get_model_vars_dataframe()["technicians"].tolist()

    move(ipyvuetify.Slider, "Render Interval (steps)", STEPS)  # so many steps at a press
    press("Step")
    for kind, label, value in (
        (ipyvuetify.Select, "Scenario", "action_plan"),
        (ipyvuetify.Slider, "Seed", 2),
        (ipyvuetify.Slider, "People for each agent", 2000),
    ):
        move(kind, label, value)
        press("Reset")
        press("Step")
    page.close()

    answers = [collected(model) for model in made]
    assert [len(answer) for answer in answers] == [STEPS] * 4
    assert len({tuple(answer) for answer in answers}) == 4
    for answer, (scenario, scale, seed) in zip(
        answers,
        [("baseline", 1000, 1), ("action_plan", 1000, 1), ("action_plan", 1000, 2), ("action_plan", 2000, 2)],
        strict=True,
    ):
        model = app.CareerModel(app.scenarios.load(scenario), scale=scale, rng=seed)
        for _ in range(STEPS):
            model.step()
        assert collected(model) == answer
