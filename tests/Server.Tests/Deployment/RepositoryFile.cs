using Camshaft.Testing;

namespace Camshaft.Server.Tests.Deployment;

/// <summary>The files of the repository that tell people, or their tools, how to run the server.</summary>
internal static class RepositoryFile
{
    /// <summary>The pages for people, by their paths in the repository.</summary>
    public static IEnumerable<string> Documents => ["README.md", .. List("docs", "*.md")];

    /// <summary>The files for tools.</summary>
    public static IEnumerable<string> Deployments => ["Dockerfile", .. List("deploy", "*")];

    public static string Read(string path) => File.ReadAllText(FindPath(path));

    public static string FindPath(params string[] parts) => Path.Combine([TestData.RepositoryRoot, .. parts]);

    private static IEnumerable<string> List(string directory, string pattern) => Directory
        .EnumerateFiles(FindPath(directory), pattern, SearchOption.AllDirectories)
        .Select(static path => Path.GetRelativePath(TestData.RepositoryRoot, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);
}
