"""From masks to regions: the policy that makes proposals disjoint and describable, measures, positions, phrases."""
