using System.Diagnostics;
using System.Globalization;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Wire.Tests.Fuzz;

/// <summary>
/// Frames with a few changes through all readers: what they take, they take whole, and nothing makes them throw. Runs for
/// CAMSHAFT_FUZZ_SECONDS (5); CAMSHAFT_FUZZ_SEED runs the one case of a seed again.
/// </summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_bytes_are_a_frame_or_a_fault()
    {
        if (Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SEED") is { Length: > 0 } text)
        {
            Run(int.Parse(text, CultureInfo.InvariantCulture));
            return;
        }

        var duration = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SECONDS") ?? "5", CultureInfo.InvariantCulture));
        var faults = new long[Enum.GetValues<WireFault>().Length];
        var first = Random.Shared.Next();
        for (var (clock, seed) = (Stopwatch.StartNew(), first); clock.Elapsed < duration; seed++)
        {
            faults[(int)Run(seed)]++;
        }

        output.WriteLine($"Seeds from {first} on: {string.Join(", ", faults.Select(static (count, fault) => $"{(WireFault)fault} {count}"))}.");

        // A generator that never reaches a reader tests nothing of it. A preface that is too long needs three numbers to agree.
        Assert.All(Enum.GetValues<WireFault>().Except([WireFault.Preface]), fault => Assert.True(faults[(int)fault] > 0, $"{fault} never came."));
    }

    private static WireFault Run(int seed)
    {
        var bytes = new FrameMutator(seed).Create();
        try
        {
            var fault = FrameParser.TryRead(bytes, out var image);
            if (fault == WireFault.None && FrameHead.TryRead(bytes, out var head) == WireFault.None && head.IsKnown)
            {
                // Written again it may lack what was skipped, and from then on nothing.
                var written = image!.Write();
                Assert.Equal(WireFault.None, FrameParser.TryRead(written, out var again));
                Assert.Equal(written, again!.Write());
            }

            return fault;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"CAMSHAFT_FUZZ_SEED={seed}\n{Convert.ToHexString(bytes)}", exception);
        }
    }
}
