"""QGIS itself, without a window, reads a collection and draws a tile layer."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import tiny

PYTHON = "/usr/bin/python3"
READS = """
import json, os, sys
from qgis.core import (
    QgsApplication, QgsCoordinateReferenceSystem, QgsMapRendererParallelJob, QgsMapSettings,
    QgsRectangle, QgsVectorLayer, QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

at = sys.argv[1]
app = QgsApplication([], False)
app.initQgis()
about = f"pagingEnabled='true' pageSize='2' typename='unit' url='{at}' version='OGC_API_FEATURES'"
layer = QgsVectorLayer(about, "unit", "OAPIF")
told = {"valid": layer.isValid(), "why": layer.error().message(), "crs": layer.crs().authid()}
told["units"] = sorted(one["unit"] for one in layer.getFeatures())
template = f"{at}collections/unit/tiles/{{z}}/{{x}}/{{y}}"
tiles = QgsVectorTileLayer(f"type=xyz&url={template}&zmin=0&zmax=14", "tiles")
told["tiles"] = tiles.isValid()
settings = QgsMapSettings()
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
settings.setLayers([tiles])
settings.setBackgroundColor(QColor(255, 255, 255))
settings.setOutputSize(QSize(200, 100))
# From a tenth of a degree west of the units to a tenth of a degree east of their middle.
settings.setExtent(QgsRectangle(-22000, 0, 22000, 11000))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
drawn = [image.pixelColor(x, 50) != QColor(255, 255, 255) for x in range(200)]
told["west"], told["east"] = any(drawn[:95]), all(drawn[105:])
print(json.dumps(told), flush=True)
# Without its own end, in which some versions fall over what is already gone.
os._exit(0)
"""


@pytest.mark.long
def test_qgis_reads_a_collection_and_draws_its_tiles(ogc, tmp_path):
    asked = [PYTHON, "-c", "import qgis.core"]
    if (
        not Path(PYTHON).exists()
        or subprocess.run(asked, check=False, capture_output=True).returncode
    ):
        pytest.skip("there is no QGIS: the Debian package python3-qgis is not installed")
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    env |= {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    command = [PYTHON, "-c", READS, ogc]
    done = subprocess.run(
        command, check=False, env=env, capture_output=True, text=True, timeout=180
    )
    assert done.stdout.strip(), done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["valid"], told["why"]
    assert told["units"] == ["990100", *sorted(tiny.SQUARES)]
    assert told["tiles"]
    # Units lie east of the meridian of Greenwich.
    assert (told["west"], told["east"]) == (False, True)
