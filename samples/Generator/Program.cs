using System.Diagnostics;
using System.Numerics.Tensors;
using Camshaft.Samples;
using Camshaft.Samples.Digits;
using Camshaft.Samples.Perf;

// Run at the root of the repository. Without an argument it makes all that is not trained, the same bytes every time.
switch (args)
{
    case [] when File.Exists("Engine.sln"):
        Write(Path.Combine("samples", "models"), SampleModels.CreateFiles());
        Write(Path.Combine("samples", "inputs"), DigitInputs.CreateFiles());
        Write(Path.Combine("perf", "models"), PerfModels.CreateFiles());
        return 0;
    case ["train-digits"] when File.Exists("Engine.sln"):
        Write(Path.Combine("samples", "models"), DigitModel.CreateFiles(TrainDigits()));
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage, at the root of the repository:
              dotnet run -c Release --project samples/Generator                   samples/models, samples/inputs and perf/models
              dotnet run -c Release --project samples/Generator -- train-digits   samples/models/digits
            """);
        return args is ["--help" or "-h"] ? 0 : 2;
}

static DigitNetwork TrainDigits()
{
    var watch = Stopwatch.StartNew();
    var network = DigitTrainer.Train(
        new SeededRandom(DigitModel.TrainingSeed),
        DigitModel.BatchCount,
        static (batch, loss) => Console.WriteLine($"batch {batch} of {DigitModel.BatchCount}: loss {loss:F4}"));
    var accuracy = DigitTrainer.Measure(input => TensorPrimitives.IndexOfMax(network.Classify(input)), new SeededRandom(DigitModel.HeldOutSeed), 10_000);
    Console.WriteLine($"{accuracy:P2} of 10000 images that training has not seen are named rightly; trained in {watch.Elapsed.TotalSeconds:F0} s.");
    return network;
}

static void Write(string directory, IReadOnlyDictionary<string, byte[]> files)
{
    foreach (var (path, bytes) in files)
    {
        var file = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        Console.WriteLine($"{file} ({bytes.Length} bytes)");
    }
}
