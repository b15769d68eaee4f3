using System.Globalization;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>What an unload leaves behind. Alone, since it measures the process.</summary>
[CollectionDefinition(nameof(UnloadTests), DisableParallelization = true)]
[Collection(nameof(UnloadTests))]
public sealed class UnloadTests
{
    // resnet50's weights are 102 MB. What glibc and the garbage collector keep for themselves was 0 to 6 MB on an idle
    // machine and up to 67 MB on a busy one, but not after every cycle.
    private const long Tolerance = 64L << 20;

    [Fact]
    public void Memory_of_an_unloaded_model_goes_back_to_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var path = TestData.ModelFile("resnet50");
        LoadAndRun(path);
        var before = AnonymousByteSize();
        var least = long.MaxValue;
        for (var cycle = 0; cycle < 5; cycle++)
        {
            Assert.True(LoadAndRun(path) > before + Tolerance, "The model took no memory: the test measures nothing.");
            least = Math.Min(least, AnonymousByteSize());
        }

        Assert.InRange(least, 0, before + Tolerance);
    }

    private static long LoadAndRun(string path)
    {
        using var model = LoadedModel.OfFile(path);
        model.Run([.. RealModels.Inputs("resnet50")]);
        return AnonymousByteSize();
    }

    private static long AnonymousByteSize()
    {
        // The tensors of the test are garbage by now and not the question.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var line = File.ReadLines("/proc/self/status").Single(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line["RssAnon:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
