"""What ONNX Runtime's own tools make of a model, and what ONNX's checker says of ours.

usage: quantizationPeer.py available
       quantizationPeer.py check MODEL...
       quantizationPeer.py dynamic MODEL OUT
       quantizationPeer.py static MODEL OUT SAMPLES.npz INPUT     samples along the first axis
"""

import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")


def check(files):
    import onnx

    for file in files:
        try:
            onnx.checker.check_model(file, full_check=False)
            print(f"ok {Path(file).name}")
        except Exception as error:
            print(f"refused {Path(file).name}: {str(error).splitlines()[0]}")


def preprocessed(model, out):
    from onnxruntime.quantization.shape_inference import quant_pre_process

    path = f"{out}.pre.onnx"
    quant_pre_process(model, path, skip_symbolic_shape=True)
    return path


def static(model, out, samples, name):
    import numpy
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    values = numpy.load(samples)[name]

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = iter([{name: values[index : index + 1]} for index in range(len(values))])

        def get_next(self):
            return next(self.left, None)

    loaded = onnx.load(model)
    if max(each.version for each in loaded.opset_import if each.domain == "") < 13:
        # Scales by channel need it.
        model = f"{out}.13.onnx"
        onnx.save(onnx.version_converter.convert_version(loaded, 13), model)
    quantize_static(
        preprocessed(model, out),
        out,
        Reader(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )


def dynamic(model, out):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(preprocessed(model, out), out, weight_type=QuantType.QInt8, per_channel=True)


def available():
    import numpy
    import onnx
    import onnxruntime.quantization

    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, numpy {numpy.__version__}")


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "available":
        available()
    elif command == "check":
        check(words)
    elif command == "dynamic":
        dynamic(*words)
    else:
        static(*words)
