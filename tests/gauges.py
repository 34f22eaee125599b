"""A gauge with its datastream, as a SensorThings client posts it."""

LEVEL = {
    "name": "水位",
    "definition": "http://vocab.nerc.ac.uk/standard_name/water_surface_height/",
    "description": "水面高程",
}
GAUGE = {
    "name": "上游站",
    "description": "河道水位站",
    "properties": {"owner": "水务局"},
    "Locations": [
        {
            "name": "桥下",
            "description": "桥墩",
            "encodingType": "application/geo+json",
            "location": {"type": "Point", "coordinates": [0.05, 0.05]},
        }
    ],
    "Datastreams": [
        {
            "name": "水位",
            "description": "每小时水位",
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
            "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": "ucum:m"},
            "Sensor": {
                "name": "雷达水位计",
                "description": "",
                "encodingType": "application/pdf",
                "metadata": "https://example.org/radar.pdf",
            },
            "ObservedProperty": LEVEL,
        }
    ],
}
