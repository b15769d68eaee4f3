using Camshaft.Backends;
using Camshaft.Testing;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.Server.Tests.Support;

/// <summary>The eight models of the test data: inputs for them, and what they answer when ONNX Runtime runs them directly.</summary>
internal static class RealModel
{
    /// <summary>Their names.</summary>
    public static string[] Names { get; } = ["densenet121", "face_detector", "inception_v1", "mnist", "resnet50", "shufflenet", "squeezenet", "voice_activity"];

    /// <summary>Those whose expected output is part of the test data.</summary>
    public static string[] NamesWithExpectedOutput { get; } = ["densenet121", "inception_v1", "resnet50", "shufflenet", "squeezenet"];

    public static IReadOnlyDictionary<string, TestTensor> CreateInputs(string modelName)
    {
        using var session = Open(modelName);
        return session.InputNames.ToDictionary(static name => name, name => CreateInput(modelName, name));
    }

    /// <summary>Opens it with ONNX Runtime's own managed API and the options that the backend uses.</summary>
    public static InferenceSession Open(string modelName)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new InferenceSession(TestData.ModelFile(modelName), options);
    }

    /// <summary>Runs it directly.</summary>
    public static IReadOnlyDictionary<string, TestTensor> RunDirectly(string modelName, IReadOnlyDictionary<string, TestTensor> inputs)
    {
        using var session = Open(modelName);
        using var runOptions = new RunOptions();
        var values = inputs.ToDictionary(static input => input.Key, static input => CreateValue(input.Value));
        using var results = session.Run(runOptions, values, session.OutputNames);
        return session.OutputNames.Zip(results).ToDictionary(
            static pair => pair.First, static pair => TestTensor.Of(pair.Second.GetTensorTypeAndShape().Shape, pair.Second.GetTensorDataAsSpan<float>()));
    }

    private static TestTensor CreateInput(string modelName, string inputName) => (modelName, inputName) switch
    {
        ("voice_activity", "input") => TestTensor.Ramp(1, 576),
        ("voice_activity", "state") => TestTensor.Ramp(2, 1, 128),
        ("voice_activity", "sr") => TestTensor.Of(DataType.Int64, [], 16_000L),
        ("mnist", _) => TestTensor.Ramp(1, 1, 28, 28),
        ("face_detector", _) => TestTensor.Ramp(1, 3, 240, 320),
        _ => TestTensor.Ramp(1, 3, 224, 224),
    };

    private static OrtValue CreateValue(TestTensor tensor) => tensor.DataType == DataType.Int64
        ? OrtValue.CreateTensorValueFromMemory(tensor.Values<long>().ToArray(), tensor.Shape.Dimensions.ToArray())
        : OrtValue.CreateTensorValueFromMemory(tensor.Values<float>().ToArray(), tensor.Shape.Dimensions.ToArray());
}
