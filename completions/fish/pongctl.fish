# Completes the words of pongctl in fish: pongd's file beside this one has both.
source (status dirname)/pongd.fish
