using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>A <c>module.yaml</c> as it is written, before anything is checked but its form. What is left out, or written as null, is empty.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the reader of YAML.")]
internal sealed class ManifestFile
{
    /// <summary>The module's file beside this one; null = module.ptx, module.cubin or module.fatbin, whichever is there.</summary>
    public string? Module { get; set; }

    /// <summary>The symbol along which requests may join; null = they do not.</summary>
    public string? Batch { get; set; }

    public List<TensorEntry> Inputs { get; set => field = Fill(value, static () => new TensorEntry()); } = [];

    public List<TensorEntry> Outputs { get; set => field = Fill(value, static () => new TensorEntry()); } = [];

    public List<ScratchEntry> Scratch { get; set => field = Fill(value, static () => new ScratchEntry()); } = [];

    public List<KernelEntry> Kernels { get; set => field = Fill(value, static () => new KernelEntry()); } = [];

    /// <summary>Reads a text.</summary>
    /// <remarks>Not named <c>Parse</c>: YamlDotNet would call that for a text in a manifest's place, and so itself without end.</remarks>
    /// <exception cref="YamlException">It is no YAML, or says what a manifest may not say.</exception>
    public static ManifestFile ReadYaml(string text) => new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .WithDuplicateKeyChecking()
        .Build()
        .Deserialize<ManifestFile?>(text) ?? new ManifestFile();

    private static List<T> Fill<T>(List<T>? entries, Func<T> empty) where T : class => entries?.ConvertAll(entry => entry ?? empty()) ?? [];

    private static List<string> Fill(List<string>? texts) => Fill(texts, static () => "");

    /// <summary>An input or output.</summary>
    internal sealed class TensorEntry
    {
        public string Name { get; set => field = value ?? ""; } = "";

        public string Datatype { get; set => field = value ?? ""; } = "";

        /// <summary>A number, a symbol, or for outputs an expression for each dimension.</summary>
        public List<string> Shape { get; set => field = Fill(value); } = [];
    }

    /// <summary>Memory that kernels hand on to each other.</summary>
    internal sealed class ScratchEntry
    {
        public string Name { get; set => field = value ?? ""; } = "";

        public string Bytes { get; set => field = value ?? ""; } = "";
    }

    /// <summary>One launch.</summary>
    internal sealed class KernelEntry
    {
        public string Name { get; set => field = value ?? ""; } = "";

        public List<string> Grid { get; set => field = Fill(value); } = [];

        public List<string> Block { get; set => field = Fill(value); } = [];

        public string Shared { get; set => field = value ?? ""; } = "0";

        /// <summary>Names of tensors and scratch, or a type and a value such as <c>i32 n</c>.</summary>
        public List<string> Arguments { get; set => field = Fill(value); } = [];
    }
}
