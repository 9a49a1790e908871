"""The rows: each a module with `run(world, scale)`, which checks in the database what its contestants have done."""
