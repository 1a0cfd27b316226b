-- A DELETE by hand is refused again, which 0010_projections.sql had allowed: a part whose rows it hides all loses its
-- projections, and ClickHouse never merges it with another ("Parts have different projection sets"), so that the parts of a
-- day add up. `ALTER TABLE events DELETE` leaves no such part, and is what sentinel removes events by.
ALTER TABLE events MODIFY SETTING lightweight_mutation_projection_mode = 'throw';
