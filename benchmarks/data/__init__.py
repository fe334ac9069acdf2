"""What is carried: seeded rows, their files, and whether they have arrived."""
