"""The served model: one ONNX file that carries its own contract."""
