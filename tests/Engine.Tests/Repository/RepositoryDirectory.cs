using System.Text;
using Camshaft.Engine.Repository;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Repository;

/// <summary>A model repository on disk for one test.</summary>
internal sealed class RepositoryDirectory : IDisposable
{
    private readonly TempDirectory _directory = new();

    public string Root => _directory.FullPath;

    /// <summary>Adds a version with a file that no test reads.</summary>
    public RepositoryDirectory Version(string modelName, string version)
    {
        _directory.Write(Path.Combine(modelName, version, "model.onnx"), [1]);
        return this;
    }

    public RepositoryDirectory File(string relativePath, string content)
    {
        _directory.Write(relativePath, Encoding.UTF8.GetBytes(content));
        return this;
    }

    public RepositoryDirectory Link(string relativePath, string target)
    {
        System.IO.File.CreateSymbolicLink(Path.Combine(Root, relativePath), target);
        return this;
    }

    public RepositoryDirectory DirectoryLink(string relativePath, string target)
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, relativePath), target);
        return this;
    }

    public IReadOnlyList<ModelDefinition> Scan() => new ModelRepository([Root]).Scan();

    public ModelDefinition Find(string modelName)
    {
        var definition = new ModelRepository([Root]).Find(modelName);
        Assert.NotNull(definition);
        return definition;
    }

    public void Dispose() => _directory.Dispose();
}
