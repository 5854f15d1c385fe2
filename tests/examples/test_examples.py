"""Every example over its real data; what it must give is computed here by other means."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def rows(name: str) -> list[dict[str, str]]:
    """A CSV file of the examples."""
    with (EXAMPLES / "data" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> Any:
    """A JSON file of the examples."""
    return json.loads((EXAMPLES / "data" / name).read_text())


def test_every_example_is_valid_and_tested(studio: Any) -> None:
    files = sorted(path.name for path in EXAMPLES.glob("*.yaml"))
    assert len(files) >= 6
    studio("validate", *files)
    source = Path(__file__).read_text()
    assert all(f'"{name}"' in source for name in files)


@pytest.mark.parametrize("magnitude", [5, 6, 9.5])
def test_quakes(studio: Any, magnitude: float) -> None:
    strong = [
        quake["properties"]
        for quake in document("earthquakes.json")["features"]
        if quake["properties"]["mag"] >= magnitude
    ]
    output = studio.json("run", "quakes.yaml", "--input", f"min_magnitude={magnitude}")["output"]
    if not strong:
        assert output == "No strong quakes."
        return
    assert [one["mag"] for one in output] == [quake["mag"] for quake in strong]
    assert [one["place"].lower() for one in output] == [quake["place"].lower() for quake in strong]
    places = {one["place"] for one in output}
    assert magnitude > 5 or {"Reykjanes Ridge", "98km ESE of Vanj, Tajikistan"} & places


def test_watch_tells_of_each_quake_once(studio: Any) -> None:
    quakes = document("earthquakes.json")["features"]

    def places(least: float, below: float = 99) -> list[str]:
        return [one["properties"]["place"] for one in quakes if least <= one["properties"]["mag"] < below]

    first = studio.json("run", "watch.yaml")["output"]
    assert first == {"new": places(6), "known": len(places(6))}
    assert studio.json("run", "watch.yaml")["output"] == {"new": [], "known": len(places(6))}
    more = studio.json("run", "watch.yaml", "--input", "min_magnitude=5.5")["output"]
    assert more == {"new": places(5.5, 6), "known": len(places(5.5))}
    assert len(places(6)) >= 3
    assert len(places(5.5, 6)) >= 3


def test_quake_report(studio: Any) -> None:
    strong = [
        quake["properties"]
        for quake in document("earthquakes.json")["features"]
        if quake["properties"]["type"] == "earthquake" and quake["properties"]["mag"] >= 4.5
    ]
    regions: dict[str, list[float]] = defaultdict(list)
    for quake in strong:
        regions[quake["place"].rsplit(", ", 1)[-1]].append(quake["mag"])
    expected = [
        {"region": region, "quakes": len(mags), "strongest": max(mags)}
        for region, mags in sorted(regions.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    ]
    result = studio.json("run", "quake_report.yaml")
    assert result["output"]["regions"] == expected
    report = (studio.folder / result["output"]["path"]).read_text()
    lines = report.splitlines()
    assert lines[0] == "# Earthquakes of magnitude 4.5 and more"
    assert lines[2] == f"{len(strong)} of 1707 events, in {len(expected)} regions."
    table = [line for line in lines if line.startswith("| ")][1:]
    assert table == [f"| {one['region']} | {one['quakes']} | {one['strongest']} |" for one in expected]


def test_flights(studio: Any) -> None:
    names = {airport["iata"]: airport for airport in rows("airports.csv")}
    delays: dict[str, list[int]] = defaultdict(list)
    for flight in document("flights.json"):
        delays[flight["origin"]].append(flight["delay"])
    means = {code: statistics.fmean(found) for code, found in delays.items() if len(found) >= 20 and code in names}
    expected = sorted(means, key=lambda code: (-means[code], code))
    result = studio.json("run", "flights.yaml")
    found = result["output"]["airports"]
    assert [one["origin"] for one in found] == expected
    for one in found:
        assert one["mean_delay"] == pytest.approx(means[one["origin"]])
        assert one["flights"] == len(delays[one["origin"]])
        assert (one["name"], one["city"]) == (names[one["origin"]]["name"], names[one["origin"]]["city"])
    written = (studio.folder / result["output"]["csv"]).read_text().splitlines()
    assert [line.split(",")[0] for line in written[1:]] == expected
    picture = (studio.folder / result["output"]["chart"]).read_text()
    assert "Mean delay in minutes by airport" in picture
    assert f">{expected[0]}<" in picture


def test_films(studio: Any) -> None:
    def problems(film: dict[str, Any]) -> list[str]:
        found = ["no title"] if film["Title"] is None else []
        found += ["year in the future"] if int(film["Release Date"][-4:]) > 2010 else []
        found += ["no rating"] if film["IMDB Rating"] is None else []
        found += ["few votes"] if film["IMDB Votes"] is not None and film["IMDB Votes"] < 100 else []
        return found + (["no gross"] if film["Worldwide Gross"] is None else [])

    judged = [(film, problems(film)) for film in document("films.json")]
    good = [film for film, found in judged if not found]
    rejected = [(film, found) for film, found in judged if found]
    counts = Counter(one for _, found in rejected for one in found)
    output = studio.json("run", "films.yaml")["output"]
    assert (output["good"], output["rejected"]) == (len(good), len(rejected))
    assert {one["key"]: one["count"] for one in output["by_reason"]} == counts
    written = json.loads((studio.folder / output["files"][0]).read_text())
    assert [one["title"] for one in written] == [str(film["Title"]).strip() for film in good]
    assert [one["rating"] for one in written] == [film["IMDB Rating"] for film in good]
    refused = json.loads((studio.folder / output["files"][1]).read_text())
    assert [one["reasons"] for one in refused] == [found for _, found in rejected]


def test_weather_with_an_alert_that_fails_twice(studio: Any, alerts: tuple[str, list[Any]]) -> None:
    address, requests = alerts
    days = [day for day in rows("seattle-weather.csv") if day["date"].startswith("2012")]
    rain = [float(day["precipitation"]) for day in days]
    heavy = [day["date"] for day in days if float(day["precipitation"]) >= 50]
    assert heavy
    url = f"alert_url=http://{address}/alerts"
    refused = studio.json("run", "weather.yaml", "--input", url, code=1)
    assert "--allow-host" in refused["error"]["message"]
    assert refused["error"]["node"] == "alert"
    assert requests == []
    result = studio.json("run", "weather.yaml", "--input", url, "--allow-host", address)
    output = result["output"]
    assert output["days"] == len(days) == 366
    assert output["rain"]["total"] == round(sum(rain), 1)
    assert output["rain"]["mean"] == round(statistics.fmean(rain), 3)
    assert output["rain"]["highest"] == max(rain)
    assert output["warmest"] == max(float(day["temp_max"]) for day in days)
    assert output["alert"] == "alert-3"
    assert result["nodes"]["alert"]["attempts"] == 3
    assert len({key for key, _ in requests}) == 1, "every attempt carries the same idempotency key"
    assert requests[-1][1] == {"year": 2012, "days": heavy, "wettest": max(rain)}


def test_weather_of_a_calm_year(studio: Any) -> None:
    heavy = [d for d in rows("seattle-weather.csv") if d["date"].startswith("2013") and float(d["precipitation"]) >= 60]
    assert heavy == []
    result = studio.json("run", "weather.yaml", "--input", "year=2013", "--input", "heavy_mm=60")
    assert result["output"]["alert"] == "No day of 2013 had 60 mm of rain."
    assert result["nodes"]["alert"]["status"] == "skipped"


def test_taxi(studio: Any) -> None:
    records = [(row["timestamp"], int(row["value"])) for row in rows("nyc_taxi.csv")]
    assert len(records) == 10_000
    lost = [time for time, value in records if value < 1500]
    taken = [2 * value for _, value in records if value >= 1500]
    result = studio.json("run", "taxi.yaml")
    assert result["output"] == {
        "records": 10_000,
        "failed": sum(1 for _, value in records if value < 2000),
        "failed_again": lost,
        "mean_per_hour": pytest.approx(statistics.fmean(taken), abs=0.001),
        "highest_per_hour": max(taken),
    }
    assert lost


def test_stocks(studio: Any) -> None:
    prices: dict[str, list[float]] = defaultdict(list)
    for row in rows("stocks.csv"):
        prices[row["symbol"]].append(float(row["price"]))
    expected = [
        {"symbol": symbol, "months": len(found), "growth": round(found[-1] / found[0], 4), "highest": max(found)}
        for symbol, found in sorted(prices.items(), key=lambda pair: -pair[1][-1] / pair[1][0])
    ]
    assert studio.json("run", "stocks.yaml")["output"] == expected


def employment(year: str) -> tuple[float, str]:
    """The year's change and its worst month."""
    months = [row for row in rows("us-employment.csv") if row["month"].startswith(year)]
    worst = min(months, key=lambda row: float(row["nonfarm_change"]))
    return sum(float(row["nonfarm_change"]) for row in months), worst["month"]


def test_approval_waits_is_signalled_and_goes_on(studio: Any) -> None:
    change, worst = employment("2009")
    done = studio("run", "approval.yaml", "--json", code=3)
    waiting = json.loads(done.stdout)
    assert waiting["status"] == "waiting"
    assert json.loads(done.stderr)["waits"]["for"] == "approval"
    written = studio.folder / "out" / "employment.txt"
    assert not written.exists()
    assert studio.json("resume") == {"executions": []}, "nothing to do before somebody decides"
    studio("executions", "signal", waiting["execution_id"], "ask", "--decision", "approve", "--comment", "fine")
    (ended,) = studio.json("resume")["executions"]
    assert ended["status"] == "succeeded"
    assert ended["output"] == {"decision": "approve", "published": "out/employment.txt", "note": "fine"}
    text = written.read_text()
    assert f"{change:.0f} thousand jobs" in text
    assert worst in text


def test_approval_rejected(studio: Any) -> None:
    waiting = studio.json("run", "approval.yaml", "--input", "year=2010", "--wait", "0s", code=3)
    studio("executions", "signal", "last", "ask", "--decision", "reject", "--comment", "too soon")
    (ended,) = studio.json("resume")["executions"]
    assert ended["execution_id"] == waiting["execution_id"]
    assert ended["output"] == {"decision": "reject", "published": None, "note": "Not published: too soon"}
    assert not (studio.folder / "out" / "employment.txt").exists()


def test_approval_rejected_without_a_word(studio: Any) -> None:
    studio("run", "approval.yaml", code=3)
    studio("executions", "signal", "last", "ask", "--decision", "reject")
    (ended,) = studio.json("resume")["executions"]
    assert ended["output"]["note"] == "Not published: no reason given"
