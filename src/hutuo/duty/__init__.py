"""Duty (值守): warnings that become incidents, who acts on them, sensors, registers of networks, boards."""
