using Camshaft.Samples;

// Writes the sample models: into samples/models, or the directory that is given. The same bytes every time.
if (args is ["--help" or "-h"] || args.Length > 1)
{
    Console.WriteLine("Usage: dotnet run --project samples/Generator [-- DIRECTORY]   (default: samples/models)");
    return args.Length > 1 ? 2 : 0;
}

var directory = args is [var given] ? given : Path.Combine("samples", "models");
foreach (var (path, bytes) in SampleModels.CreateFiles())
{
    var file = Path.Combine(directory, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllBytes(file, bytes);
    Console.WriteLine($"{file} ({bytes.Length} bytes)");
}

return 0;
