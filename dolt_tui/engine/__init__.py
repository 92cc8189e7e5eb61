"""The engine layer: speaks SQL to Dolt and DoltLite; a library of its own, without any interface."""
