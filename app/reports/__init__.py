"""Reports: figures over facts by dimensions, under the row scope, one statement each."""
