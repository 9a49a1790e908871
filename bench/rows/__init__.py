"""The rows: each a module with `run(world, …)`, which checks what its contestants have done."""
