using Camshaft.Samples;
using Camshaft.Testing;

namespace Camshaft.Plugins.Sample.Tests;

public sealed class SampleModelsTests
{
    [Fact]
    public void Generating_the_samples_again_gives_the_files_that_are_there()
    {
        var directory = Path.Combine(TestData.RepositoryRoot, "samples", "models");
        var files = SampleModels.CreateFiles();

        Assert.Equal(files.Keys.Order(), Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path).Replace('\\', '/')).Order());
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(directory, file.Key))));
    }
}
