"""One file a feature: guard, convert in, one call of the engine, convert out."""
