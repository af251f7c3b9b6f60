/* Routing sockets: pongd opens one, and reads it away. */
