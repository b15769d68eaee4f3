using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>Inputs for the models of the test data.</summary>
internal static class RealModels
{
    /// <summary>576 samples at 16 kHz, the context of 64 included, and a state that is not zero.</summary>
    public static IReadOnlyList<TestTensor> VoiceActivityInputs() =>
    [
        TestTensor.Ramp(1, 576),
        TestTensor.Ramp(2, 1, 128),
        TestTensor.Of(DataType.Int64, [], 16_000L),
    ];

    public static IReadOnlyList<TestTensor> Inputs(string modelName) => modelName switch
    {
        "voice_activity" => VoiceActivityInputs(),
        "mnist" => [TestTensor.Ramp(1, 1, 28, 28)],
        "face_detector" => [TestTensor.Ramp(1, 3, 240, 320)],
        _ => [TestTensor.Ramp(1, 3, 224, 224)],
    };
}
