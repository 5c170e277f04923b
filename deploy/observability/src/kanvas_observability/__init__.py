"""What Kanvas measures, and what operators make of it: pages, rules, dashboards."""
