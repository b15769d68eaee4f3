using Camshaft.Testing;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>Runs a model through ONNX Runtime's own managed API, with the options that the backend uses.</summary>
internal static class DirectRun
{
    public static IReadOnlyDictionary<string, TestTensor> Of(string path, ModelSignature signature, IReadOnlyList<TestTensor> inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(path, options);
        var values = signature.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => Value(pair.Second));
        using var runOptions = new RunOptions();
        using var results = session.Run(runOptions, values, session.OutputNames);
        return session.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => Tensor(pair.Second));
    }

    private static OrtValue Value(TestTensor tensor) => tensor.DataType == DataType.Int64
        ? OrtValue.CreateTensorValueFromMemory(tensor.Values<long>().ToArray(), tensor.Shape.Dimensions.ToArray())
        : OrtValue.CreateTensorValueFromMemory(tensor.Values<float>().ToArray(), tensor.Shape.Dimensions.ToArray());

    private static TestTensor Tensor(OrtValue value) => TestTensor.Of(value.GetTensorTypeAndShape().Shape, value.GetTensorDataAsSpan<float>());
}
