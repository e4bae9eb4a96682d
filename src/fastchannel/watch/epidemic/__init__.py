"""The state of an epidemic from its daily figures: incidence, nowcast, reproduction number, prevalence by infection age."""
