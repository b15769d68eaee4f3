using Camshaft.Backends;

namespace Camshaft.Samples.Embedded;

/// <summary>What <see cref="DigitClassifier"/> says of an image.</summary>
/// <param name="Status">How the inference ended; only after success does the rest mean something.</param>
/// <param name="Digit">The most probable digit.</param>
/// <param name="Probability">Its probability.</param>
internal readonly record struct Classification(InferenceStatus Status, int Digit = 0, float Probability = 0f);
