using System.Text.RegularExpressions;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.Tests.Deployment;

/// <summary>What the pages and the deployment files name is there: settings, flags, files, messages.</summary>
public sealed partial class DocumentedNamesTests
{
    private static readonly string[] FlagsBesideSettings = ["--config", "--set"];

    public static TheoryData<string> Documents => [.. RepositoryFile.Documents];

    public static TheoryData<string> DocumentsAndDeployments => [.. RepositoryFile.Documents, .. RepositoryFile.Deployments];

    [Theory]
    [MemberData(nameof(DocumentsAndDeployments))]
    public void Environment_variables_are_settings(string file) => Assert.All(
        EnvironmentVariable().Matches(RepositoryFile.Read(file)),
        static match => Assert.True(Settings.Find(match.Groups[1].Value.Split("__")) is not null, $"{match.Value} is no setting."));

    [Theory]
    [MemberData(nameof(DocumentsAndDeployments))]
    public void Flags_of_serve_are_flags(string file)
    {
        var known = Settings.All.Select(static setting => setting.About).Where(static about => about.Flag is not null)
            .SelectMany(static about => about.FlagAliases.Append(about.Flag!)).Concat(FlagsBesideSettings).ToList();

        Assert.All(ServeCommandLine().Matches(RepositoryFile.Read(file)).SelectMany(static line => Flag().Matches(line.Value)), flag => Assert.Contains(flag.Value, known));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Names_with_a_section_are_settings(string file) => Assert.All(
        SettingName().Matches(RepositoryFile.Read(file)),
        static match => Assert.Contains(match.Groups[1].Value, Settings.All.Select(static setting => setting.Name)));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files(string file)
    {
        var directory = Path.GetDirectoryName(RepositoryFile.FindPath(file))!;

        Assert.All(
            Link().Matches(RepositoryFile.Read(file)),
            match => Assert.True(Path.Exists(Path.GetFullPath(match.Groups[1].Value, directory)), $"{match.Groups[1].Value} does not exist."));
    }

    [Fact]
    public void Messages_that_are_explained_are_the_program_s()
    {
        var sources = Directory.EnumerateFiles(RepositoryFile.FindPath("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var explained = ExplainedMessage().Matches(RepositoryFile.Read("docs/operation.md")).Select(static match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(explained);
        Assert.All(explained, message => Assert.True(
            sources.Exists(source => message.Split('…').All(part => source.Contains(part, StringComparison.Ordinal))), $"No source file has the message '{message}'."));
    }

    [GeneratedRegex(@"\bCAMSHAFT__([A-Za-z0-9_-]+)")]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex(@"(?<=(?:camshaft|src/Server --) serve\b)[^`\n]*")]
    private static partial Regex ServeCommandLine();

    [GeneratedRegex(@"(?<=\s)--[a-z][a-z-]*")]
    private static partial Regex Flag();

    [GeneratedRegex(@"`((?:limits|access|tls)\.[A-Za-z0-9.<>]+)`")]
    private static partial Regex SettingName();

    [GeneratedRegex(@"\]\((?![a-z]+:|#)([^)#]+)")]
    private static partial Regex Link();

    // The first column of the table of messages: rows whose first cell is code alone, in prose and not a name.
    [GeneratedRegex(@"(?m)^\| `([^`|]+ [^`|]+)` \|")]
    private static partial Regex ExplainedMessage();
}
