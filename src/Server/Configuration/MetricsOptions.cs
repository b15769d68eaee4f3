using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Server.Configuration;

/// <summary>What is counted beside what always is.</summary>
internal sealed class MetricsOptions
{
    [MaxLength(TagTable.MostTags)]
    [Setting("A tag of requests by whose values they are counted too; at most 4")]
    public string[] Tags { get; set; } = [];

    [Range(1, TagTable.MostValues)]
    [Setting("How many values of each tag are told apart; what comes beyond is counted as other", Unit = "values")]
    public int TagValues { get; set; } = 32;
}
