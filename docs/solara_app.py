"""The model in Mesa's own page of controls and charts: `solara run docs/solara_app.py`."""

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component

import scenarios
from sim import CareerModel
from sim.reporting import REPORTERS


class Country(CareerModel):
    def __init__(self, scenario="baseline", scale=1000, rng=1):
        super().__init__(scenarios.load(scenario), scale=scale, rng=rng)
        self.scenario = None  # the page of Mesa 3.5 would take it for a scenario of Mesa's own


controls = {
    "scenario": {"type": "Select", "label": "Scenario", "value": "baseline", "values": scenarios.available()},
    "scale": Slider("People for each agent", value=1000, min=100, max=5000, step=100),
    "rng": Slider("Seed", value=1, min=1, max=100, step=1),
}
charts = [make_plot_component(name) for name in REPORTERS]


@solara.component
def Page():
    model = solara.use_memo(Country, [])  # whoever opens the page gets one of their own
    SolaraViz(model, components=charts, model_params=controls, name="careerflows: a quarter a step, from 2022")
