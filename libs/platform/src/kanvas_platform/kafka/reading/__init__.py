"""Reading logs as they grow: record by record (`tail`) or folded into a state (`replica`)."""
