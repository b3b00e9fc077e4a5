"""The insides of a mail: parts, encodings, charsets, names; within limits and in linear time."""
