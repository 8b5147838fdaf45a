"""The live workshop: a page on which a room of people moves levers and sees the simulation answer."""
