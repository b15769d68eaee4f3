namespace Camshaft.Load.Reporting;

/// <summary>One step of the measured time, by what came back in it.</summary>
/// <param name="Second">When it begins, counted from the end of the warm-up.</param>
/// <param name="AnswersPerSecond">Answers as they should be.</param>
/// <param name="GoodputPerSecond">Those of them within the SLO; all of them when there is none.</param>
/// <param name="ErrorsPerSecond">Errors.</param>
public sealed record TimelinePoint(double Second, double AnswersPerSecond, double GoodputPerSecond, double ErrorsPerSecond);
