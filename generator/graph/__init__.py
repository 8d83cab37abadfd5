"""A flow as a picture: laid out once, written as SVG and as BPMN 2.0 XML."""
