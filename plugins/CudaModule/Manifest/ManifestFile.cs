using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>A <c>module.yaml</c> as it is written, before anything is checked but its form.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the reader of YAML.")]
internal sealed class ManifestFile
{
    /// <summary>The module's file beside this one; null = module.ptx, module.cubin or module.fatbin, whichever is there.</summary>
    public string? Module { get; set; }

    /// <summary>The symbol along which requests may join; null = they do not.</summary>
    public string? Batch { get; set; }

    public List<TensorEntry> Inputs { get; set; } = [];

    public List<TensorEntry> Outputs { get; set; } = [];

    public List<ScratchEntry> Scratch { get; set; } = [];

    public List<KernelEntry> Kernels { get; set; } = [];

    /// <summary>Reads a text.</summary>
    /// <exception cref="YamlException">It is no YAML, or says what a manifest may not say.</exception>
    public static ManifestFile Parse(string text) => new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .WithDuplicateKeyChecking()
        .Build()
        .Deserialize<ManifestFile?>(text) ?? new ManifestFile();

    /// <summary>An input or output.</summary>
    internal sealed class TensorEntry
    {
        public string Name { get; set; } = "";

        public string Datatype { get; set; } = "";

        /// <summary>A number, a symbol, or for outputs an expression for each dimension.</summary>
        public List<string> Shape { get; set; } = [];
    }

    /// <summary>Memory that kernels hand on to each other.</summary>
    internal sealed class ScratchEntry
    {
        public string Name { get; set; } = "";

        public string Bytes { get; set; } = "";
    }

    /// <summary>One launch.</summary>
    internal sealed class KernelEntry
    {
        public string Name { get; set; } = "";

        public List<string> Grid { get; set; } = [];

        public List<string> Block { get; set; } = [];

        public string Shared { get; set; } = "0";

        /// <summary>Names of tensors and scratch, or a type and a value such as <c>i32 n</c>.</summary>
        public List<string> Arguments { get; set; } = [];
    }
}
