"""How a read is answered, in four steps: skeleton, hydrate, rules, present; `gather` joins them.

The rules are in `domain.rules`: writes obey them too.
"""
