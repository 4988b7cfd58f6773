// Plain JavaScript: it answers before anything is installed.

export const demoHelp = `Releases TenSafe 4.0.0 → 4.1.0 on this machine: a real Temporal server, a real Kubernetes API, a real Helm;
only the containers are simulated.

Usage: npm run demo -- [options]

  --strategy standard|canary|blueGreen
            how the new version comes (default: standard); the demo's waits are seconds instead of minutes
  --bad     release 4.1.1, which answers its health checks wrongly, and watch it being rolled back
  --exit    end when the release has ended, instead of staying up until Ctrl-C
  --help    this text

Exit codes: 0 when the release ended as it should (with --bad: rolled back), 1 when not, 130 when Ctrl-C ended it
before the release had ended.
`;
