using System.Reflection;
using Xunit;

namespace Camshaft.Testing;

/// <summary>
/// Finds the models and inputs that tests read, in the folder named by <c>CAMSHAFT_TEST_DATA</c> or, without it, in
/// <c>shared</c> beside the repository.
/// </summary>
/// <remarks>
/// A test that needs data which is not there skips itself, but only on a machine that has no such folder at all: where the
/// folder exists, or <c>CI=true</c>, or the variable is set, a missing file is a failure.
/// </remarks>
public static class TestData
{
    private const string Variable = "CAMSHAFT_TEST_DATA";

    /// <summary>The folder of the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>The folder of the data, whether it exists or not.</summary>
    public static string RootPath { get; }
        = Path.GetFullPath(Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>The model repository with the eight models. Skips or fails the test when it is not there.</summary>
    public static string ModelRepository => Require("models");

    /// <summary>The model file of version 1 of a model. Skips or fails the test when it is not there.</summary>
    public static string ModelFile(string modelName) => Require("models", modelName, "1", "model.onnx");

    /// <summary>The first output that a model is expected to give for <see cref="TestTensor.Ramp"/>. Skips or fails the test when it is not there.</summary>
    public static TestTensor ReadExpectedOutput(string modelName)
        => ExpectedOutput.Read(Require("models", modelName, "expected_output_0.pb"));

    /// <summary>The absolute path of a file or folder of the data. Skips or fails the test when it is not there.</summary>
    public static string Require(params ReadOnlySpan<string> parts)
    {
        var path = Path.Combine([RootPath, .. parts]);
        if (Path.Exists(path))
        {
            return path;
        }

        var reason = $"The test data '{path}' does not exist; set {Variable} to the folder that holds it.";
        Assert.SkipUnless(MustExist(), reason);
        Assert.Fail(reason);
        return path;
    }

    private static bool MustExist()
        => Directory.Exists(RootPath) || Environment.GetEnvironmentVariable(Variable) is not null || Environment.GetEnvironmentVariable("CI") == "true";

    private static string FindRepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Engine.sln")))
            {
                return directory.FullName;
            }
        }

        // Build outputs may lie outside the repository, so the build leaves its own place behind.
        return typeof(TestData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;
    }
}
