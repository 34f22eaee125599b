"""Duty (值守): warnings that become incidents, who acts on them, sensors, registers of networks, boards."""

from hutuo.duty import around, boards, incident, platforms, replay, rules, sites, terminals

__all__ = ["around", "boards", "incident", "platforms", "replay", "rules", "sites", "terminals"]
