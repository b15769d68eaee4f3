using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;

namespace Camshaft.Samples.Embedded;

/// <summary>
/// Runs the model <c>digits</c> inside the process: the image goes straight into the tensor's memory, past sockets and JSON.
/// Any thread.
/// </summary>
internal sealed class DigitClassifier(InferenceEngine engine)
{
    public const string ModelName = "digits";

    private const int Side = 28;

    /// <summary>How many grey levels an image has.</summary>
    public const int PixelCount = Side * Side;

    private static readonly long[] ImageShape = [1, 1, Side, Side];

    /// <summary>
    /// Names the digit on an image: rents a request, which keeps the model loaded (1), declares the input (2), takes memory for
    /// it, where a full budget makes the caller wait (3), fills it (4), runs (5), and reads the output before the request and
    /// its memory go back (6).
    /// </summary>
    /// <param name="levels">Grey levels, row by row, light strokes on a dark ground.</param>
    /// <param name="cancellationToken">Takes the request out of the queue, or ends its run.</param>
    public async Task<Classification> ClassifyAsync(ReadOnlyMemory<byte> levels, CancellationToken cancellationToken)
    {
        var status = engine.Models.TryCreateRequest(ModelName, ModelRegistry.HighestReady, out var rented); // 1
        if (!status.IsOk)
        {
            return new Classification(status);
        }

        using var request = rented!;
        status = request.DeclareInput(0, DataType.Float32, ImageShape, PixelCount * sizeof(float)); // 2
        if (!status.IsOk)
        {
            return new Classification(status);
        }

        status = await request.ReserveAsync(cancellationToken); // 3
        if (!status.IsOk)
        {
            return new Classification(status);
        }

        Fill(request.GetInput(0), levels.Span); // 4
        await using (cancellationToken.UnsafeRegister(static handle => ((InferenceRequestHandle)handle!).Cancel(), request.Handle))
        {
            status = await request.RunAsync(); // 5
        }

        return status.IsOk ? Read(request.GetOutput(0)) : new Classification(status); // 6
    }

    private static void Fill(TensorView image, ReadOnlySpan<byte> levels)
    {
        var pixels = image.AsSpan<float>();
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = levels[i] / 255f;
        }
    }

    private static Classification Read(TensorView output)
    {
        var probabilities = output.AsSpan<float>();
        var best = 0;
        for (var digit = 1; digit < probabilities.Length; digit++)
        {
            best = probabilities[digit] > probabilities[best] ? digit : best;
        }

        return new Classification(InferenceStatus.Ok, best, probabilities[best]);
    }
}
